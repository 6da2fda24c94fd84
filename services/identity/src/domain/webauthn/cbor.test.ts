import { describe, expect, it } from '@jest/globals'
import { encodeCbor } from '@latchkey/testkit/passkeys'
import { CborError, decodeCborItem, decodeCborMap } from './cbor.ts'

const decode = (hex: string) => decodeCborItem(Buffer.from(hex, 'hex')).value

describe('RFC 8949 Appendix A: CBOR', () => {
  it.each([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1_000],
    ['1a000f4240', 1_000_000],
    ['20', -1],
    ['3903e7', -1_000],
    ['390100', -257],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['60', ''],
    ['6449455446', 'IETF'],
    ['62c3bc', 'ü'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
  ])('reads %s', (hex, value) => {
    expect(decode(hex)).toEqual(value)
  })

  it('reads bytes', () => {
    expect(decode('4401020304')).toEqual(Buffer.from([1, 2, 3, 4]))
  })

  it.each([
    ['nothing', ''],
    ['a string that is cut short', '6449'],
    ['bytes that are cut short', '5818aa'],
    ['a length that is cut short', '19'],
    ['an array that is cut short', '8301'],
    ['a map that is cut short', 'a101'],
    ['an array of more than there is', '9affffffff'],
    ['an open end', '9f01ff'],
    ['a length of eight bytes', '1b000000e8d4a51000'],
    ['a tag', 'c074'],
    ['a fraction', 'f93c00'],
    ['undefined', 'f7'],
    ['a reserved length', '1c'],
    ['a key that comes twice', 'a201020103'],
    ['a key that is bytes', 'a1410102'],
    ['text that is not UTF-8', '62c328'],
    ['what goes too deep', '8181818181818100'],
  ])('refuses %s', (_what, hex) => {
    expect(() => decode(hex)).toThrow(CborError)
  })

  it('says where an item ends', () => {
    expect(decodeCborItem(Buffer.from('00830102034401', 'hex'), 1).end).toBe(5)
  })

  it('takes bytes that are one map, and nothing else', () => {
    const map = encodeCbor(new Map([['a', Buffer.from('b')]]))
    expect(decodeCborMap(map)?.get('a')).toEqual(Buffer.from('b'))
    for (const other of [Buffer.concat([map, Buffer.alloc(1)]), map.subarray(1), Buffer.from('80', 'hex')])
      expect(decodeCborMap(other)).toBeUndefined()
  })
})
