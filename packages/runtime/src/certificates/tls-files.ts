/**
 * The certificate that a process was given: three PEM files, read once at start.
 */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export interface TlsFiles {
  caFile: string
  certFile: string
  keyFile: string
}

/** PEM texts as `node:tls` and gRPC take them. */
export interface TlsMaterial {
  ca: Buffer
  cert: Buffer
  key: Buffer
}

/**
 * Reads a process's certificate, its key and the authority that it trusts.
 * @throws Error naming the file, where one is missing or unreadable or is no certificate
 */
export const loadTls = async ({ caFile, certFile, keyFile }: TlsFiles): Promise<TlsMaterial> => {
  const [ca, cert, key] = await Promise.all([
    readCertificate(caFile),
    readCertificate(certFile),
    readFile(keyFile),
  ])
  return { ca, cert, key }
}

const readCertificate = async (path: string): Promise<Buffer> => {
  const pem = await readFile(path)
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new Error(`${path} is not a PEM certificate`, { cause })
  }
  return pem
}
