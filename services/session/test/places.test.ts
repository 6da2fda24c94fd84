import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeMmdb } from '@latchkey/testkit'
import { openPlaces } from '../src/store/places.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'))
})
afterAll(() => rm(folder, { recursive: true }))

const aCity = (country: string, latitude: number, longitude: number) => ({
  country: { iso_code: country },
  subdivisions: [{ iso_code: 'XX' }],
  location: { latitude, longitude, accuracy_radius: 20 },
})

describe('GEOIP_DATABASE', () => {
  it('says where IPv4 and IPv6 addresses are, from several files', async () => {
    const [cities, networks] = [join(folder, 'city.mmdb'), join(folder, 'asn.mmdb')]
    await writeMmdb(cities, {
      '203.0.113.0/24': aCity('DE', 52.52, 13.4),
      '2001:db8::/32': aCity('JP', 35.68, 139.69),
    })
    await writeMmdb(networks, { '203.0.113.0/25': { autonomous_system_number: 64_500 } })
    const { locate } = await openPlaces([cities, networks])
    expect(locate('203.0.113.7')).toEqual({
      country: 'DE',
      region: 'XX',
      provider: 64_500,
      point: { latitude: 52.52, longitude: 13.4, accuracyKm: 20 },
    })
    expect(locate('203.0.113.200')).toMatchObject({ country: 'DE', provider: undefined })
    expect(locate('2001:db8:9::1')).toMatchObject({ country: 'JP' })
    expect(locate('198.51.100.1')).toBeUndefined()
  })

  it('knows no place without a file', async () => {
    const { locate } = await openPlaces([])
    expect(locate('203.0.113.7')).toBeUndefined()
  })

  it('is read again when it was replaced, and kept while the new one is no database', async () => {
    const path = join(folder, 'changing.mmdb')
    await writeMmdb(path, { '203.0.113.0/24': aCity('DE', 52.52, 13.4) })
    const { locate, refresh } = await openPlaces([path])
    await writeFile(path, 'half a downl')
    await utimes(path, 1, 1)
    await expect(refresh()).rejects.toThrow('can not be read as a MaxMind database')
    expect(locate('203.0.113.7')).toMatchObject({ country: 'DE' })
    await writeMmdb(path, { '203.0.113.0/24': aCity('FR', 48.85, 2.35) })
    await utimes(path, 2, 2)
    await refresh()
    expect(locate('203.0.113.7')).toMatchObject({ country: 'FR' })
  })

  it.each(['missing.mmdb', 'text.mmdb'])('stops the start where it is %s', async name => {
    const path = join(folder, name)
    if (name === 'text.mmdb') await writeFile(path, 'not a database')
    await expect(openPlaces([path])).rejects.toThrow(`GEOIP_DATABASE: ${path}`)
  })
})
