/** Mutual TLS of our own authority on both ends of every gRPC connection. */
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js'
import type { TlsMaterial } from '../certificates/tls-files.ts'

/** Refuses a peer without a certificate of our authority during the handshake. */
export const createServerCredentials = ({ ca, cert, key }: TlsMaterial): ServerCredentials =>
  ServerCredentials.createSsl(ca, [{ cert_chain: cert, private_key: key }], true)

export const createClientCredentials = ({ ca, cert, key }: TlsMaterial): ChannelCredentials =>
  ChannelCredentials.createSsl(ca, key, cert)
