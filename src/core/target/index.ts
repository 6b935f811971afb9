export { addressText, checkTargetName, parseAddress, type TargetAddress } from './address.ts';
export { type ClusterSetting, contextOf, IN_CLUSTER, isClusterAddress } from './cluster.ts';
export { type HostFacts, type HostFinding, judgeHost, PROBE_SCRIPT, readProbe } from './probe.ts';
export { sshProblem } from './ssh-problem.ts';
export { type Forward, quoted, sshWords } from './ssh-words.ts';
