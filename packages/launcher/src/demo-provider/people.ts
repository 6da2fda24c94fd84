/** Who signs in at the demo provider: whoever they say, with an address that is verified, or not, or none at all. */
import { createHash } from 'node:crypto'

export interface Person {
  readonly sub: string
  readonly name: string
  readonly email?: string
  readonly email_verified?: boolean
}

// Somebody who clicks on forever is not worth more.
const mostPeople = 1_000

export const createPeople = () => {
  const people = new Map<string, Person>()
  return {
    find: (sub: string): Person | undefined => people.get(sub),

    /** The same address, or the same name without one, is the same person, also after a restart. */
    arrive: (form: URLSearchParams): Person => {
      const email = (form.get('email') ?? '').trim().toLowerCase()
      const name = (form.get('name') ?? '').trim() || 'Upstream User'
      const sub = createHash('sha256')
        .update(email || name)
        .digest('hex')
        .slice(0, 24)
      const address = email === '' ? {} : { email, email_verified: form.has('email_verified') }
      const person = { sub, name, ...address }
      people.delete(sub)
      people.set(sub, person)
      const [oldest] = people.keys()
      if (people.size > mostPeople && oldest !== undefined) people.delete(oldest)
      return person
    },
  }
}
