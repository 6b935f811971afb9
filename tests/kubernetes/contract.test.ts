import { engineContract } from '../contracts/engine.ts';
import { ClusterSystem, type ClusterUnderTest, makeKubernetesEngine } from './kubernetes-engine.ts';

const ROLLS = 'a cluster rolls by itself: it has one wish for a service at a time';
const LOGS = 'a cluster keeps logs of pods that are there';
const PIDS = 'processes of nodes are not this host’s';
const WAITS = 'requests wait at Escale’s own gateway only';
const WORDS = 'its words are the container runtime’s';
const IMAGES = 'an image without its program is not made: that is said before anything is applied';
const HELD = 'a database of a cluster is held by nobody: nothing is brought back into one yet';

engineContract('a Kubernetes cluster', makeKubernetesEngine, {
  systemOf: (made, name) => new ClusterSystem(made as ClusterUnderTest, name),
  skip: {
    'two sets of a service run at once, each with its own count': ROLLS,
    'an instance that ignores SIGTERM is killed after its grace': LOGS,
    'a single instance with a volume stops before its successor starts, and keeps its folder': WAITS,
    'what an instance started ends with it, also what has left its session': PIDS,
    'logs: 100 MB of output stay bounded, and the last line is kept': LOGS,
    'exec: a program that is not there is named; one that may not be run, too': WORDS,
    'exec: a session that is closed ends its command': PIDS,
    'what was wanted while nobody kept it is caught up on': PIDS,
    'a program that is not there is named': IMAGES,
    'a program that is not there is a run that failed': IMAGES,
    'held it stays stopped, let go it is back with what it kept': HELD,
  },
});
