/** Repositories, environments, approvals, and who is told of what. */
export const DELIVERY = ['SELECT 1;'];
