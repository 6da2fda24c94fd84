/** What the demo application and the demo provider have in common with the rest of a suite. */

/** Where applications under development are: of the demo client, and of sign-ins with providers. */
export const demoRedirectUris = [
  'http://127.0.0.1/callback',
  'http://localhost:3000/callback',
  'https://localhost:3000/callback',
]

/** What Latchkey is called at the demo provider. */
export const demoProviderClientId = 'latchkey'
