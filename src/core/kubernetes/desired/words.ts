/** On the template of pods: which rollout made their set, and of which release it is. */
export const ROLLOUT_ANNOTATION = 'escale/rollout';
export const RELEASE_ANNOTATION = 'escale/release';
/** On the object of a run of a job, and on its pod. */
export const RUN_ANNOTATION = 'escale/run';
export const TIMEOUT_ANNOTATION = 'escale/timeout-ms';

/** On the record of a release: its number. */
export const RELEASE_LABEL = 'escale/release';

/** What Escale keeps in a namespace of what is wished there. */
export const WISH_SECRET = 'escale-wish';
