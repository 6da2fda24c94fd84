export * from './cbor.ts'
export * from './key.ts'
export * from './software-authenticator.ts'
