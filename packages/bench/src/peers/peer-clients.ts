/** The clients that the peer has from the start. */
export const peerClients = {
  machine: { id: 'machine', secret: 'machine-secret-machine-secret-machine' },
  introspector: { id: 'introspector', secret: 'introspector-secret-introspector-secret' },
  app: { id: 'app', redirectUri: 'https://bench.example/callback' },
} as const
