import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with who may do what. */
export const ACCESS = {
  'not-signed-in': {
    title: 'Nobody is signed in',
    explanation: 'The request carried no session and no token, or one that has expired or was revoked.',
    next: 'Sign in again: `escale login URL`, or the page for signing in.',
    exitCode: 1,
  },
  'access-denied': {
    title: 'It is not allowed',
    explanation: 'Whoever asked has no role in this environment that allows it. Nothing was changed.',
    next: 'Ask an admin for the role that the message names: `escale user grant`.',
    exitCode: 1,
  },
  'too-many-requests': {
    title: 'Too many requests',
    explanation:
      'After ten failed sign-ins within ten minutes an address or a name has to wait. There is also a limit of requests that nobody reaches by hand.',
    next: 'Wait as long as the message says.',
    exitCode: 1,
  },
  'user-name': {
    title: 'A name of a user can’t be used',
    explanation:
      'Names have lower case letters, digits and hyphens, begin with a letter, and are at most 40 long. `owner` and `escale` are taken.',
    next: 'Use lower case letters, digits and hyphens, such as `ada`.',
    exitCode: 2,
  },
  'user-unknown': {
    title: 'There is no such user',
    explanation: 'Nobody of this name was added here.',
    next: 'Look at `escale user list`.',
    exitCode: 1,
  },
  'user-there': {
    title: 'The user is there already',
    explanation: 'A name belongs to one user. Nothing was changed.',
    next: 'Change what they may do with `escale user grant`, or make a new link with `escale user link`.',
    exitCode: 1,
  },
  'grant-wrong': {
    title: 'Not a role in an environment',
    explanation:
      'A grant is a role (viewer, deployer, admin), a colon and an environment, or `*` for all environments.',
    next: 'For example `deployer:staging` or `viewer:*`.',
    exitCode: 2,
  },
  'token-name': {
    title: 'A name of a token can’t be used',
    explanation:
      'Names have lower case letters, digits and hyphens, begin with a letter, and are at most 40 long.',
    next: 'Use a name that says where the token is kept, such as `laptop`.',
    exitCode: 2,
  },
  'token-there': {
    title: 'A token of this name is there already',
    explanation: 'The tokens of a user have different names.',
    next: 'Choose another name, or revoke the former one: `escale token revoke`.',
    exitCode: 1,
  },
  'token-unknown': {
    title: 'There is no such token',
    explanation: 'The user has no token of this name, or it has expired.',
    next: 'Look at `escale token list`.',
    exitCode: 1,
  },
  'token-days': {
    title: 'A token can’t last that long',
    explanation:
      'A token lasts between 1 and 365 days. One that is made with another token ends no later than that.',
    next: 'Say fewer days, and make a new one when it ends.',
    exitCode: 2,
  },
  'password-short': {
    title: 'The password is too short',
    explanation: 'A password has 12 to 256 characters.',
    next: 'A few words that only you would put together are long enough.',
    exitCode: 2,
  },
  'context-unknown': {
    title: 'There is no such context',
    explanation: 'No control plane was signed in to under this name.',
    next: 'Look at `escale context list`, or sign in: `escale login URL`.',
    exitCode: 2,
  },
  'context-elsewhere': {
    title: 'The command needs this host',
    explanation:
      'It sends a folder of this host, or starts processes here, and the chosen control plane is elsewhere.',
    next: 'Deliver with `git push`, or leave the context: `escale context use local`.',
    exitCode: 2,
  },
  'login-address': {
    title: 'An address of a control plane can’t be used',
    explanation:
      'It begins with https://, or with http:// on this machine, and has no user, path or query. A token never travels unencrypted over a network.',
    next: 'For example `escale login https://escale.example.org`.',
    exitCode: 2,
  },
  'host-unknown': {
    title: 'Escale is not served under this name',
    explanation:
      'Its pages and its API answer by the names that were given with `--host`, and by `escale.localhost`, at its own port or the usual one. Under another name or port a page elsewhere could speak for whoever is signed in.',
    next: 'Use such a name; on the way through another port (`kubectl port-forward`, a tunnel) choose the same port on both sides.',
    exitCode: 2,
  },
  'login-refused': {
    title: 'A control plane did not answer as one',
    explanation:
      'Its certificate can’t be verified, it sends elsewhere, or something else answers at this address. The token was not sent anywhere else.',
    next: 'Check the address. A certificate of your own authority is trusted with NODE_EXTRA_CA_CERTS.',
    exitCode: 1,
  },
  'request-invalid': {
    title: 'A request that is not understood',
    explanation:
      'Something in it is not what this call takes. Names of systems, services and environments are lower case letters, digits and hyphens, begin with a letter, and are at most 40 long.',
    next: 'Write what is named above as it is expected.',
    exitCode: 2,
  },
} satisfies Record<string, CatalogueEntry>;
