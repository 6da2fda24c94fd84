import { describe, expect, it } from '@jest/globals'
import { parseSmapsRollup } from './memory.ts'

const rollup = `00400000-7fff [rollup]
Rss:              100000 kB
Pss:               50000 kB
Pss_Dirty:         40000 kB
Pss_Anon:          39000 kB
`

describe('/proc/<pid>/smaps_rollup', () => {
  it('gives decimal megabytes, and no part of another line', () => {
    expect(parseSmapsRollup(rollup)).toEqual({ rssMb: 102.4, pssMb: 51.2 })
  })

  it('must say what is asked', () => {
    expect(() => parseSmapsRollup('Rss: 1 kB\n')).toThrow('Pss')
  })
})
