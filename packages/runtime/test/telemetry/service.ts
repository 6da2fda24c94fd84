/**
 * A service for tests of tracing: answers HTTP and gRPC. Where NEXT_HTTP and NEXT_GRPC are set, it calls both
 * before it answers.
 */
import { get } from 'node:http'
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { currentContext } from '../../src/context/index.ts'
import { createHttpApp, startHttpServer } from '../../src/http/index.ts'
import { runService } from '../../src/lifecycle/index.ts'

const identity = { serialize: (bytes: Buffer) => bytes, deserialize: (bytes: Buffer) => bytes }
const path = '/specimen.v1.EchoService/Echo'
const echo = {
  Echo: {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: identity.serialize,
    requestDeserialize: identity.deserialize,
    responseSerialize: identity.serialize,
    responseDeserialize: identity.deserialize,
  },
} satisfies ServiceDefinition

const callHttp = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, answer => answer.resume().on('end', resolve)).on('error', reject)
  })

const callGrpc = (target: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = new Client(target, credentials.createInsecure())
    client.makeUnaryRequest(path, identity.serialize, identity.deserialize, Buffer.from('x'), error => {
      client.close()
      if (error === null) resolve()
      else reject(error)
    })
  })

await runService('specimen', async ({ env, logger }) => {
  const app = createHttpApp({
    logger,
    routes: [
      {
        method: 'GET',
        path: '/work/:id',
        handler: async (_req, res) => {
          if (env.NEXT_HTTP !== undefined) await callHttp(env.NEXT_HTTP)
          if (env.NEXT_GRPC !== undefined) await callGrpc(env.NEXT_GRPC)
          res.json(currentContext())
        },
      },
    ],
  })
  const http = await startHttpServer({ app, port: 0, host: '127.0.0.1', logger })
  const rpc = new Server()
  rpc.addService(echo, {
    Echo: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
      callback(null, call.request),
  })
  const grpcPort = await new Promise<number>((resolve, reject) => {
    rpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    )
  })
  logger.info({ http_port: http.port, grpc_port: grpcPort }, 'listening')
  return {
    close: async () => {
      await http.close()
      rpc.forceShutdown()
    },
  }
})
