/** How long a resource is kept stopped without being asked for again, ms. */
export const RESOURCE_HOLD_MS = 30_000;
