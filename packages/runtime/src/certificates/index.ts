/**
 * Who a process is, and how it proves it: mutual TLS with certificates of one authority of our own.
 */
export { type CertificateAuthority, createCertificateAuthority } from './authority.ts'
export { writeDevelopmentCertificates } from './development.ts'
export { type IssuedCertificate, issueCertificate } from './issue.ts'
export { type ProcessName, processNames, spiffeUri } from './names.ts'
export { nameInSubjectAltName, peerName } from './peer-name.ts'
export { loadTls, type TlsFiles, type TlsMaterial } from './tls-files.ts'
