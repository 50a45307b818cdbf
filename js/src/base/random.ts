/** A number by which the core spreads what many clients would do at once. Not for secrets. */
export const randomNumber = () => Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
