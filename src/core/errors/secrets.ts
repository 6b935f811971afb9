import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong with secrets. No message ever holds a value. */
export const SECRETS = {
  'secret-missing': {
    title: 'A secret is not set',
    explanation:
      'The file names a secret that has no value in this environment, neither for the system nor for all of them. Nothing was changed.',
    next: 'Set it: `escale secret set NAME SYSTEM`.',
    exitCode: 1,
  },
  'secret-name': {
    title: 'A name of a secret can’t be used',
    explanation:
      'Names have capital letters, digits and underscores, begin with a letter, and are at most 64 long, like those of environment variables.',
    next: 'Use a name such as `API_KEY`. The value comes from the input or the prompt, never from the command line.',
    exitCode: 2,
  },
  'secret-value': {
    title: 'A value of a secret can’t be used',
    explanation:
      'A value is UTF-8 text of 1 byte to 64 KiB without zero bytes, because it goes into an environment variable. One line break at its end is taken off.',
    next: 'Send it on the input: `cat file | escale secret set NAME`. Encode what is no text, for example in base64.',
    exitCode: 2,
  },
  'secret-unknown': {
    title: 'There is no such secret',
    explanation: 'No secret of this name is set there.',
    next: 'Look at `escale secret list`.',
    exitCode: 1,
  },
  'secret-used': {
    title: 'A secret is in use',
    explanation:
      'A system that is up was started with it: an instance that is started again would have no value any more.',
    next: 'Take it out of the file and deploy, or take the system down. A new value is set without removing the former one.',
    exitCode: 1,
  },
  'secret-key': {
    title: 'The key of the secrets can’t be used',
    explanation:
      'Secrets are encrypted with the key in `secret-key` of `ESCALE_HOME`. It is missing although there are secrets, it is no key, or others may read it. It is never made anew where there are secrets: they would be lost.',
    next: 'Bring it back from where you keep a copy, with mode 0600. If there is none: remove the folder `secrets` and set them again.',
    exitCode: 1,
  },
  'secret-damaged': {
    title: 'A secret can’t be decrypted',
    explanation:
      'What is stored was changed, stands where it does not belong, or was encrypted with another key. It is never used.',
    next: 'Set it again, then deploy.',
    exitCode: 1,
  },
  'sops-file': {
    title: 'A file of SOPS can’t be used',
    explanation:
      'Secrets in git are one flat map of names to encrypted values (`secrets.sops.yaml`, or `.json`, beside the system’s file). Names are those of secrets; numbers and booleans become texts; maps and lists inside it, values that are not encrypted, dates and empty values are refused. Nothing was taken.',
    next: 'Change it with `sops edit`, then commit it.',
    exitCode: 1,
  },
  'sops-recipient': {
    title: 'A file of SOPS is not encrypted for this Escale',
    explanation:
      'The key of its values is encrypted for recipients of age, and this Escale’s is none of them. Other ways (PGP, cloud services) are not read here.',
    next: 'Add what `escale secret recipient` prints to `.sops.yaml`, run `sops updatekeys` on the file, and commit it.',
    exitCode: 1,
  },
  'sops-changed': {
    title: 'A file of SOPS was changed after it was encrypted',
    explanation:
      'Its authentication code does not fit its values: one was removed, added, moved or taken from another file without `sops`. Nothing was taken.',
    next: 'Bring back what it was, and change it with `sops edit`.',
    exitCode: 1,
  },
  'age-identity': {
    title: 'The identity for files in git can’t be used',
    explanation:
      '`age-identity.txt` in the folder `secrets` of `ESCALE_HOME` holds one X25519 identity of age, readable by its owner alone. It is made at its first use.',
    next: 'Bring it back from a copy with mode 0600; or remove it, and encrypt the files for the new one of `escale secret recipient`.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
