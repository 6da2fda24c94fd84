/** Asks whether a password was breached. What can't be answered within a second is answered with no: nobody is kept out. */
import type { OutboundFetch } from '@latchkey/runtime/outbound'
import { breachQuestionOf, parseBreachedSuffixes } from '../domain/breached-password.ts'
import type { RawPassword } from '../domain/password-text.ts'

export type BreachLookup = 'breached' | 'not_breached' | 'failed'

export interface BreachedPasswordsDeps {
  /** Bounded in time. */
  readonly fetch: OutboundFetch
  /** `https://api.pwnedpasswords.com` */
  readonly url: string
  readonly observe: (lookup: BreachLookup) => void
  readonly logger: { warn(members: object, message: string): void }
  readonly now: () => Date
}

// Somebody who tries variants of a password asks for the same group seldom; a form that is sent twice does at once.
const keepMs = 600_000
// Some 50 KB each.
const mostKept = 20

interface Kept {
  readonly suffixes: ReadonlySet<string>
  readonly untilMs: number
}

export const createBreachedPasswords = ({ fetch, url, observe, logger, now }: BreachedPasswordsDeps) => {
  const kept = new Map<string, Kept>()

  const suffixesOf = async (prefix: string): Promise<ReadonlySet<string>> => {
    const known = kept.get(prefix)
    if (known !== undefined && known.untilMs > now().getTime()) return known.suffixes
    const { status, body } = await fetch(`${url}/range/${prefix}`, { headers: { 'add-padding': 'true' } })
    if (status !== 200) throw new Error(`breached passwords: status ${status}`)
    const suffixes = parseBreachedSuffixes(body.toString('latin1'))
    kept.delete(prefix)
    const [oldest] = kept.keys()
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest)
    kept.set(prefix, { suffixes, untilMs: now().getTime() + keepMs })
    return suffixes
  }

  return async (password: RawPassword): Promise<boolean> => {
    const { prefix, suffix } = breachQuestionOf(password)
    try {
      const isBreached = (await suffixesOf(prefix)).has(suffix)
      observe(isBreached ? 'breached' : 'not_breached')
      return isBreached
    } catch (error) {
      observe('failed')
      logger.warn({ error }, 'a password was not looked up among breached ones')
      return false
    }
  }
}
