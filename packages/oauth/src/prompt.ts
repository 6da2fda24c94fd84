/** What a client asks the pages to do. @see OpenID Connect Core §3.1.2.1, Initiating User Registration 1.0 §4.1 */

export const prompts = ['none', 'login', 'consent', 'select_account', 'create'] as const
export type Prompt = (typeof prompts)[number]

const isPrompt = (text: string): text is Prompt => prompts.some(prompt => prompt === text)

/** Undefined for an unknown value, and for `none` beside another one. */
export const parsePrompt = (text: string): ReadonlySet<Prompt> | undefined => {
  const words = text.split(' ')
  if (!words.every(isPrompt)) return undefined
  const asked = new Set(words)
  return asked.has('none') && asked.size > 1 ? undefined : asked
}
