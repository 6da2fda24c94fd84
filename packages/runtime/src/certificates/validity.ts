/**
 * How long certificates live, and when they are due for another.
 */
const dayMs = 24 * 60 * 60 * 1000

/** Valid from five minutes ago, so that a clock that is a little behind accepts it. */
export const validFor = (days: number, now: Date) => ({
  notBefore: new Date(now.getTime() - 5 * 60 * 1000),
  notAfter: new Date(now.getTime() + days * dayMs),
})

/** Whether a certificate (its own dates) holds now and for that many more days. */
export const holdsFor = (
  certificate: { validFromDate: Date; validToDate: Date },
  days: number,
  now: Date,
): boolean =>
  certificate.validFromDate <= now && certificate.validToDate.getTime() > now.getTime() + days * dayMs
