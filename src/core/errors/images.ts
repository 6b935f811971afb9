import type { CatalogueEntry } from './catalogue.ts';

/** What can go wrong between an artifact and an image in a registry. */
export const IMAGES = {
  'image-reference': {
    title: 'A name of an image can’t be used',
    explanation:
      'An image is named as everywhere: `registry.example.org/team/name:tag`, lower case, with a registry in front; a digest (`@sha256:…`) may follow.',
    next: 'Write it like `registry.example.org/team/shop:1.0`.',
    exitCode: 2,
  },
  'image-choice': {
    title: 'A base or an output that can’t be used',
    explanation:
      'A base is `debian`, a reference of a registry, `layout:FOLDER` or `tar:FILE`; an output is `layout:FOLDER` or `archive:FILE`; layers are compressed by `gzip` or `zstd`.',
    next: 'Write it in one of these ways: docs/images.md.',
    exitCode: 2,
  },
  'image-unknown': {
    title: 'There is no such image',
    explanation:
      'The registry that `image` names has none under this name and tag, or none for this kind of machine. Names of images are written with their registry.',
    next: 'Check the name and the tag, or push the image first.',
    exitCode: 1,
  },
  'builder-missing': {
    title: 'Nothing here builds a Dockerfile',
    explanation:
      'A `dockerfile` is built by docker, by BuildKit (`buildctl` and a `buildkitd` that runs) or by buildah, whichever is found first; `ESCALE_BUILDER` names one of them (`docker`, `buildkit`, `buildah`). None was found that works.',
    next: 'Install one on the machine that makes releases: docker.io with docker-cli, or buildah, on Debian. Or take the image from a registry: `image: registry.example.org/name:tag`.',
    exitCode: 1,
  },
  'build-failed': {
    title: 'A Dockerfile can’t be built',
    explanation:
      'The builder failed; its last lines are shown. Nothing that runs was touched. The build sees the files of its `source` that git knows or does not ignore, without what `.dockerignore` names, and no variable or secret of Escale.',
    next: 'Mend what it says; `docker build` in the folder shows the same.',
    exitCode: 1,
  },
  'dockerfile-missing': {
    title: 'There is no such Dockerfile',
    explanation:
      '`dockerfile` names a file below `source`, which is the folder of the file that names it, or one below that.',
    next: 'Check its name, and that it is in the folder that `source` names.',
    exitCode: 1,
  },
  'image-base': {
    title: 'A base can’t be used',
    explanation:
      'The base of an image could not be read, is for another platform, or lacks what the service needs.',
    next: 'Give another one with `--base`; `debian` is made by Escale itself of Debian packages.',
    exitCode: 1,
  },
  'image-damaged': {
    title: 'What was read is not what was asked for',
    explanation:
      'Everything that makes up an image is named by its digest, and an archive must stay inside its own folder. This did not fit, so nothing of it was used.',
    next: 'Fetch or write it again; whoever sent it sends something wrong.',
    exitCode: 1,
  },
  'image-command': {
    title: 'The command would not start in the image',
    explanation:
      'The image has no shell and no package manager: only the runtime, the packages of the lock file and the files of the service.',
    next: 'Name the program itself (`node server.ts`, `python3 app.py`), or a base that has it with `--base`.',
    exitCode: 1,
  },
  'debian-packages': {
    title: 'Debian packages could not be had',
    explanation:
      'The base `debian` is made of packages that `apt-get download` gives or that are in its cache; it needs a Debian or Ubuntu, not root.',
    next: 'Do what the message says (`apt-get update` renews the lists), or give a base of a registry with `--base`.',
    exitCode: 1,
  },
  'registry-failed': {
    title: 'A registry did not do it',
    explanation:
      'The registry answered with an error, also after several tries. What was sent already stays there and is not sent again; no tag was changed.',
    next: 'Look at what it says, and try again.',
    exitCode: 1,
  },
  'registry-denied': {
    title: 'A registry does not let you in',
    explanation:
      'It wants a user that it knows, or this user may not do this. Escale takes users from `~/.docker/config.json` and its credential helpers, as docker does.',
    next: 'Sign in with `docker login`, `skopeo login` or `podman login --authfile ~/.docker/config.json`.',
    exitCode: 1,
  },
  'registry-unreachable': {
    title: 'A registry can’t be reached',
    explanation:
      'No connection, or one that broke again and again. Registries are spoken to over https; plain http is for loopback, or for those that `--plain-http` allows.',
    next: 'Check its name and whether it runs.',
    exitCode: 1,
  },
  'registry-credentials': {
    title: 'Credentials can’t be read',
    explanation:
      '`~/.docker/config.json` names a credential helper that is not there or failed, or is no JSON itself.',
    next: 'Run the helper by hand (`docker-credential-NAME get`), or sign in again.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
