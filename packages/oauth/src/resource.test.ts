import { describe, expect, it } from '@jest/globals'
import { parseResources } from './resource.ts'

describe('RFC 8707 §2: resource', () => {
  it('is an absolute URI, taken as it is written', () => {
    const resources = [
      'https://api.example/',
      'https://api.example',
      'urn:example:api',
      'https://a.example/b?c=d',
    ]
    expect(parseResources([...resources, 'urn:example:api'])).toEqual(resources)
  })

  it.each([
    '/api',
    'api.example',
    '',
    'https://api.example/#part',
    'https://api.example/#',
    'https://a b',
    'https://ä.example',
    `https://a.example/${'a'.repeat(2_100)}`,
  ])('is refused where it is not: %s', text => {
    expect(() => parseResources([text])).toThrow(expect.objectContaining({ error: 'invalid_target' }))
  })

  it('comes ten times at most', () => {
    const many = Array.from({ length: 11 }, (_, n) => `urn:example:${n}`)
    expect(() => parseResources(many)).toThrow(expect.objectContaining({ error: 'invalid_target' }))
  })
})
