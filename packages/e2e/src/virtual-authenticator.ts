/** Chromium's own virtual authenticators: passkeys that are made and used as on a phone or a security key. */
import type { CDPSession, Page } from 'playwright-core'

export interface VirtualAuthenticatorInit {
  /** Synced to the user's other devices, or bound to this one. */
  readonly isSynced: boolean
  /** A key without room and without PIN: a second factor, and nothing more. */
  readonly isPlainKey?: boolean
}

export interface VirtualCredential {
  readonly isResidentCredential: boolean
  readonly signCount: number
  readonly backupEligibility?: boolean
}

export interface VirtualAuthenticator {
  readonly credentials: () => Promise<readonly VirtualCredential[]>
  /** Whether the user would be recognized, were they asked. */
  readonly recognizeUser: (isUserVerified: boolean) => Promise<void>
  /** Whether somebody touches it as soon as it is asked. */
  readonly touchAtOnce: (enabled: boolean) => Promise<void>
}

export const addVirtualAuthenticator = async (
  page: Page,
  { isSynced, isPlainKey = false }: VirtualAuthenticatorInit,
): Promise<VirtualAuthenticator> => {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: isPlainKey ? 'usb' : 'internal',
      hasResidentKey: !isPlainKey,
      hasUserVerification: !isPlainKey,
      isUserVerified: !isPlainKey,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: isSynced,
      defaultBackupState: isSynced,
    },
  })
  return {
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    recognizeUser: async isUserVerified =>
      void (await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
    touchAtOnce: async enabled =>
      void (await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })),
  }
}
