/** Where an address is, as far as a local database tells, and how far two places are apart. */

export interface Point {
  readonly latitude: number
  readonly longitude: number
  /** The address is within this many kilometres of it. */
  readonly accuracyKm: number
}

export interface Place {
  /** ISO 3166-1, two letters. */
  readonly country: string | undefined
  /** ISO 3166-2, the part after the country. */
  readonly region: string | undefined
  /** The autonomous system that announces it. */
  readonly provider: number | undefined
  readonly point: Point | undefined
}

/** Undefined where nothing is known about the address. */
export type Locate = (address: string) => Place | undefined

const earthRadiusKm = 6_371
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Along the surface, by the haversine formula. */
export const distanceKm = (a: Point, b: Point): number => {
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2
  const chord =
    half(a.latitude, b.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude)
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chord)))
}

/** The least that somebody must have travelled between the two, given how exactly they are known. */
export const leastDistanceKm = (a: Point, b: Point): number =>
  Math.max(0, distanceKm(a, b) - a.accuracyKm - b.accuracyKm)
