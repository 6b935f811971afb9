/** What the *restricted* Pod Security Standard asks of a container, and a root that can't be written. */
export const CLOSED_CONTAINER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** What the same standard asks of a pod, whose account gets no token. */
export function closedPod(serviceAccountName: string) {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    // Else each Service of the namespace would be in the environment, under names such as `API_PORT`.
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  };
}

/** A namespace that takes only pods of that standard. */
export const RESTRICTED_NAMESPACE = Object.fromEntries(
  ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);
