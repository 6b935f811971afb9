import type { CatalogueEntry } from './catalogue.ts';

/** The Docker engine. */
export const DOCKER = {
  'docker-away': {
    title: 'Docker does not answer',
    explanation:
      'The environment runs on Docker, and its engine can’t be reached at its socket (`/var/run/docker.sock`, or `DOCKER_HOST`). What runs in containers goes on where Docker is set to let it (`live-restore`); nothing is started meanwhile.',
    next: 'Start it (`systemctl start docker`), or say where its socket is: `DOCKER_HOST=unix:///…`. `escale doctor` shows what is there.',
    exitCode: 1,
  },
  'docker-address': {
    title: 'DOCKER_HOST can’t be used',
    explanation:
      'Escale speaks with the Docker of its own host, over a unix socket: the containers’ addresses must be this host’s to reach.',
    next: 'Write it like `DOCKER_HOST=unix:///var/run/docker.sock`, or leave it out.',
    exitCode: 2,
  },
  'docker-too-old': {
    title: 'Docker is too old',
    explanation: 'Escale needs version 1.41 of Docker’s API, which came with Docker 20.10.',
    next: 'Install a newer Docker, or run the environment on processes (`target: process`).',
    exitCode: 1,
  },
  'docker-refused': {
    title: 'Docker refused something',
    explanation: 'The message is Docker’s own.',
    next: 'Mend what it says; what failed is tried again by itself.',
    exitCode: 1,
  },
  'engine-choice': {
    title: 'What an environment runs on was said wrongly',
    explanation:
      '`--engine` and `ESCALE_ENGINE` choose between `process` and `docker` for the environment `local` of one machine. What other environments run on stands in the file, where everybody sees it.',
    next: 'Write `target: docker` or `target: process` at the environment in the file.',
    exitCode: 2,
  },
  'needs-containers': {
    title: 'An image needs an environment with containers',
    explanation:
      '`image` and `dockerfile` are run by a container engine. On `process` a system’s services and jobs are commands over their files.',
    next: 'Write `target: docker` at the environment, or start `local` on Docker: `escale up --engine docker`.',
    exitCode: 1,
  },
  'image-failed': {
    title: 'An image could not be made',
    explanation:
      'What is released is made into an image once, and loaded into Docker; only what is whole gets its name.',
    next: 'Mend what the message says; `escale image build` shows every step of it.',
    exitCode: 1,
  },
} satisfies Record<string, CatalogueEntry>;
