import { describe, expect, it } from '@jest/globals'
import { chooseStandIn } from './stand-in.ts'

describe('the stand-in of an unknown address', () => {
  const shares = [
    { passwordHash: 'bcrypt', share: 0.5 },
    { passwordHash: 'scrypt', share: 0.25 },
  ]

  it('is of each kind as often as the kind is among the known', () => {
    const chosen = Array.from({ length: 100 }, (_, index) => chooseStandIn(index / 100, shares))
    const count = (kind: string | undefined) => chosen.filter(each => each === kind).length
    expect([count('bcrypt'), count('scrypt'), count(undefined)]).toEqual([50, 25, 25])
  })

  it('is one of our own where nothing was imported', () => {
    expect(chooseStandIn(0, [])).toBeUndefined()
  })
})
