/** The name of the worker on this machine that needs no inventory. */
export const EMBEDDED = 'embedded'
