/**
 * A setting that decides who is let in: left out or empty (a variable of the environment that is not set), it would check
 * nothing.
 * @throws TypeError
 */
export const requiredText = (name: string, value: unknown): string => {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name} must be set`)
  return value
}
