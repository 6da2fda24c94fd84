/**
 * The X.509 library, loaded at the first certificate that is issued: a service that only reads its own
 * certificate does not pay for it (22 MB and 150 ms where measured).
 */

/** @peculiar/x509 and the reflection polyfill that it asks for. */
export const loadX509 = async () => {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
