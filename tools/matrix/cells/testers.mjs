export const testers = [];
