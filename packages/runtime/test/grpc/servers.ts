/** Real servers and clients on loopback, with certificates of an authority made for the test. */
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
  type TlsMaterial,
} from '../../src/certificates/index.ts'
import {
  bindService,
  createGrpcClient,
  type GrpcClientInit,
  type GrpcServerInit,
  startGrpcServer,
  type UnaryHandlers,
} from '../../src/grpc/index.ts'
import { createHealth } from '../../src/health/index.ts'
import { createLogger } from '../../src/logger/index.ts'
import { echoDefinition } from './echo.ts'

export type EchoHandlers = UnaryHandlers<typeof echoDefinition>

/** What a process of that name would load from its files. */
export const createTls = async (authority: CertificateAuthority, name: string): Promise<TlsMaterial> => {
  const { certificate, privateKey } = await issueCertificate(authority, { name })
  return {
    ca: Buffer.from(authority.certificate),
    cert: Buffer.from(certificate),
    key: Buffer.from(privateKey),
  }
}

/** Starts echo servers as `session` and makes clients of them; `closeAll` ends them all. */
export const createEchoStack = async () => {
  const authority = await createCertificateAuthority()
  const serverTls = await createTls(authority, 'session')
  const gatewayTls = await createTls(authority, 'gateway')
  const closers: (() => unknown)[] = []

  const startServer = async (handlers: Partial<EchoHandlers> = {}, init: Partial<GrpcServerInit> = {}) => {
    const server = await startGrpcServer({
      services: [bindService(echoDefinition, { getEcho: echo, makeEcho: echo, ...handlers })],
      port: 0,
      host: '127.0.0.1',
      tls: serverTls,
      allowedCallers: ['gateway'],
      health: createHealth({}),
      logger: createLogger({ service: 'session', destination: { write: () => {} } }),
      ...init,
    })
    closers.push(() => server.close(0))
    return server
  }

  const createClient = (target: string, init: Partial<GrpcClientInit> = {}) => {
    const client = createGrpcClient(echoDefinition, {
      target,
      tls: gatewayTls,
      serverName: 'session',
      // Deadlines are some tests' subject; a busy machine is nobody's.
      deadlineMs: 20_000,
      ...init,
    })
    closers.push(() => client.close())
    return client
  }

  return {
    authority,
    serverTls,
    gatewayTls,
    startServer,
    createClient,
    closeAll: async () => {
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}

const echo = async ({ text }: { text: string }) => ({ text })
