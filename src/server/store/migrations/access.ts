/** Users, what they may do, their tokens, and who did what. */
export const ACCESS = ['SELECT 1;'];
