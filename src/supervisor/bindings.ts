/** `API_URL` for `api`, `IMAGES_API_URL` for `images/api`: the variable that names a used service's address. */
export function bindingName(use: string): string {
  return `${use.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`;
}

/** `tasks` using `api` → `local/tasks/api`; `images/api` → `local/images/api`. */
export function usedService(place: { environment: string; system: string }, use: string): string {
  return use.includes('/') ? `${place.environment}/${use}` : `${place.environment}/${place.system}/${use}`;
}
