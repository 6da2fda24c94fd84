/** Where a form may lead in the end: Chrome holds every redirect after it to the page's form-action. @see CSP Level 3 §6.4.2 */
export const formActionOf = (redirectUri: string): string => {
  const { origin, protocol } = new URL(redirectUri)
  return origin === 'null' ? protocol : origin
}
