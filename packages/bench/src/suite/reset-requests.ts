/** Asks for password resets, which is how a mail begins. */
export const requestReset = async (gateway: string, email: string): Promise<void> => {
  const response = await fetch(new URL('/auth/password/reset', gateway), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`a reset request answered ${response.status}: ${text}`)
}
