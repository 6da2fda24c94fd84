import { describe, expect, it } from '@jest/globals'
import { createStuffingNetworks } from './stuffing-networks.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))

describe('networks from which ever new accounts are tried', () => {
  it('are told once, for as long as it goes on', () => {
    const networks = createStuffingNetworks()
    expect([0, 10, 20, 30].map(minute => networks.note('203.0.113.0/24', at(minute)))).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(networks.note('198.51.100.0/24', at(30))).toBe(true)
    expect(networks.count(at(30))).toBe(2)
  })

  it('are forgotten after a quarter of an hour without a try, and new after that', () => {
    const networks = createStuffingNetworks()
    networks.note('203.0.113.0/24', at(0))
    expect([networks.count(at(15)), networks.count(at(16))]).toEqual([1, 0])
    networks.note('203.0.113.0/24', at(20))
    expect(networks.note('203.0.113.0/24', at(36))).toBe(true)
  })

  it('take no more memory than ten thousand of them do', () => {
    const networks = createStuffingNetworks()
    for (let index = 0; index <= 10_000; index += 1) networks.note(`network ${index}`, at(0))
    expect(networks.count(at(0))).toBe(10_000)
  })
})
