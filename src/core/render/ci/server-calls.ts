/**
 * What a CI system asks of Escale's server, in a POSIX shell. `ESCALE_URL` is its address, `ESCALE_TOKEN` a token that may
 * deploy: both are variables of the CI system. The token is on the input or in the environment of git and curl, never
 * among their words, which everybody on the runner can read.
 */

/** Pushes the commit, whose branch a variable of the CI system names; the server maps it to environments. */
export function pushScript(system: string, branchVariable: string): string[] {
  return [
    'export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader',
    'export GIT_CONFIG_VALUE_0="Authorization: Bearer $ESCALE_TOKEN"',
    `git push "$ESCALE_URL/git/${system}.git" "HEAD:refs/heads/$${branchVariable}"`,
  ];
}

export interface PromotionCall {
  system: string;
  environment: string;
  from: string;
  /** The variable with the commit whose release is meant. */
  commitVariable: string;
}

/**
 * Asks for the release of a commit to go on. The answer is a line for each step; its last one says what came of it. One
 * that now waits for an approval in Escale has been asked for, which is all that this can do.
 */
export function promoteScript({ system, environment, from, commitVariable }: PromotionCall): string[] {
  const route = `$ESCALE_URL/api/systems/${system}/environments/${environment}/promote`;
  const body = `{\\"from\\":\\"${from}\\",\\"commit\\":\\"$${commitVariable}\\"}`;
  return [
    `printf 'Authorization: Bearer %s' "$ESCALE_TOKEN" | curl --fail-with-body --silent --show-error --output promotion.ndjson --header @- --json "${body}" "${route}"`,
    'cat promotion.ndjson',
    `tail -n 1 promotion.ndjson | grep -Eq '"rollout":null|"state":"promoted"'`,
  ];
}
