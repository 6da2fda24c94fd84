/**
 * Where addresses are, from local databases in MaxMind's format: no address is sent anywhere to be looked up. The reader is
 * loaded only where a database is given; a file that was replaced is read again.
 */
import { readFile, stat } from 'node:fs/promises'
import type { Reader, Response } from 'mmdb-lib'
import { z } from 'zod'
import type { Place } from '../domain/place.ts'

// GeoLite2 and GeoIP2 City, Country and ASN; those of DB-IP have the same members.
const record = z.object({
  country: z.object({ iso_code: z.string().optional() }).optional(),
  subdivisions: z.array(z.object({ iso_code: z.string().optional() })).optional(),
  location: z
    .object({
      latitude: z.number().optional(),
      longitude: z.number().optional(),
      accuracy_radius: z.number().optional(),
    })
    .optional(),
  autonomous_system_number: z.number().optional(),
})

/** Of those who do not say how exact they are. */
const usualAccuracyKm = 200

const toPlace = (found: z.infer<typeof record>): Place => {
  const { latitude, longitude, accuracy_radius: accuracyKm = usualAccuracyKm } = found.location ?? {}
  const hasPoint = latitude !== undefined && longitude !== undefined
  return {
    country: found.country?.iso_code,
    region: found.subdivisions?.[0]?.iso_code,
    provider: found.autonomous_system_number,
    point: hasPoint ? { latitude, longitude, accuracyKm } : undefined,
  }
}

/** The one database knows cities, the other networks. */
const combine = (a: Place | undefined, b: Place): Place => ({
  country: a?.country ?? b.country,
  region: a?.region ?? b.region,
  provider: a?.provider ?? b.provider,
  point: a?.point ?? b.point,
})

interface Database {
  readonly path: string
  readonly changedAtMs: number
  readonly reader: Reader<Response>
}

const open = async (path: string): Promise<Database> => {
  try {
    const { Reader } = await import('mmdb-lib')
    const { mtimeMs } = await stat(path)
    return { path, changedAtMs: mtimeMs, reader: new Reader(await readFile(path)) }
  } catch (cause) {
    throw new Error(`GEOIP_DATABASE: ${path} can not be read as a MaxMind database`, { cause })
  }
}

const isOutdated = async ({ path, changedAtMs }: Database): Promise<boolean> =>
  (await stat(path)).mtimeMs !== changedAtMs

/** @throws where one of the files is none */
export const openPlaces = async (paths: readonly string[]) => {
  let databases = await Promise.all(paths.map(open))
  return {
    locate: (address: string): Place | undefined => {
      let place: Place | undefined
      for (const { reader } of databases) {
        const found = record.safeParse(reader.get(address))
        if (found.success) place = combine(place, toPlace(found.data))
      }
      return place
    },
    /** Reads files that were replaced. @throws where one can't be read; then the old ones are kept */
    refresh: async (): Promise<void> => {
      databases = await Promise.all(
        databases.map(async each => ((await isOutdated(each)) ? open(each.path) : each)),
      )
    },
  }
}

export type Places = Awaited<ReturnType<typeof openPlaces>>
