import { test } from 'node:test';
import { withoutDocker } from '../docker/dockerd.ts';
import { makeDockerEngine } from './docker-engine.ts';
import { engineContract } from './engine.ts';

const skip = withoutDocker();
if (skip === false) engineContract('containers of Docker', makeDockerEngine);
else test('the engine contract: containers of Docker', { skip }, () => {});
