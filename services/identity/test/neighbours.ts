/**
 * The services to identity's right, in memory behind their real gRPC contracts and mutual TLS: what they were told,
 * and switches to make them fail.
 */
import { bindNotificationService, type SendMessageRequest__Output } from '@latchkey/contracts'
import { loadTls } from '@latchkey/runtime/certificates'
import { type BoundService, startGrpcServer } from '@latchkey/runtime/grpc'
import { createHealth } from '@latchkey/runtime/health'
import { quietLogger } from '@latchkey/service-testkit'
import type { TestTls } from '@latchkey/testkit'
import { createSwitch } from './neighbour-switch.ts'
import { createSessionNeighbour } from './session-neighbour.ts'
import { createTokenNeighbour } from './token-neighbour.ts'

export const publicUrl = 'https://auth.example.test'

const createNotificationNeighbour = () => {
  const messages: SendMessageRequest__Output[] = []
  const { set, pass } = createSwitch()
  const service = bindNotificationService({
    sendMessage: async request => {
      await pass()
      messages.push(request)
      return {}
    },
  })
  return { service, messages, set }
}

export const startNeighbours = async (testTls: TestTls) => {
  const session = createSessionNeighbour()
  const token = await createTokenNeighbour(publicUrl)
  const notification = createNotificationNeighbour()
  const serve = async (name: string, service: BoundService) =>
    startGrpcServer({
      services: [service],
      port: 0,
      host: '127.0.0.1',
      tls: await loadTls(await testTls.issue(name)),
      allowedCallers: ['identity'],
      health: createHealth({}),
      logger: quietLogger,
    })
  const servers = await Promise.all([
    serve('session', session.service),
    serve('token', token.service),
    serve('notification', notification.service),
  ])
  const keys = await token.serveKeys(await loadTls(await testTls.issue('token')), 'identity')
  const [sessionServer, tokenServer, notificationServer] = servers
  return {
    session,
    token,
    notification,
    env: {
      SESSION_GRPC: `127.0.0.1:${sessionServer.port}`,
      TOKEN_GRPC: `127.0.0.1:${tokenServer.port}`,
      NOTIFICATION_GRPC: `127.0.0.1:${notificationServer.port}`,
      TOKEN_URL: `https://127.0.0.1:${keys.port}`,
    },
    close: async () => {
      await Promise.all(servers.map(server => server.close(100)))
      await keys.close(100)
    },
  }
}

export type Neighbours = Awaited<ReturnType<typeof startNeighbours>>
