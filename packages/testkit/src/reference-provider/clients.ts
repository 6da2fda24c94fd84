/** The clients that the reference provider has from the start. */
const redirectUri = 'https://app.example/callback'

export const referenceClients = {
  /** Confidential; the client credentials grant alone. */
  machine: { id: 'machine', secret: 'machine-secret-machine-secret-machine' },
  /** The same; its tokens are kept by the provider, which introspects no JWT of its own. */
  introspector: { id: 'introspector', secret: 'introspector-secret-introspector-secret' },
  /** Confidential, by private_key_jwt, where its public key was handed over. */
  signer: { id: 'signer', redirectUri },
  /** Public. */
  app: { id: 'app', redirectUri },
  /** Confidential, by client_secret_basic. */
  web: { id: 'web', secret: 'web-secret-web-secret-web-secret-web', redirectUri },
} as const
