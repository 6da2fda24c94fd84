/**
 * The scopes of an installation. Those that come with Latchkey stay; those of the admin API can't be changed at all, since
 * nobody could manage anything any more.
 */
import type { ClientId } from '../domain/ids.ts'
import { isAdminScope, isScopeName, type Scope } from '../domain/scope.ts'

export type NewScope = Pick<Scope, 'name' | 'description' | 'isDefault'>

export interface ManageScopesDeps {
  readonly scopes: {
    /** All of them, those that come with Latchkey first; kept until `forget`. */
    list(): Promise<readonly Scope[]>
    forget(): void
    create(scope: NewScope): Promise<'taken' | 'created'>
    /** Undefined for an unknown name. */
    update(name: string, change: ScopeChange): Promise<Scope | undefined>
    /** One that is built in stays. @returns the clients that had it; undefined where nothing was deleted */
    delete(name: string): Promise<readonly string[] | undefined>
    /** Makes these the defaults, and no others. */
    setDefaults(names: readonly string[]): Promise<void>
  }
  readonly announceScopes: () => void
  readonly announceClient: (id: ClientId) => void
}

export type ScopeChange = { [Member in 'description' | 'isDefault' | 'isActive']?: Scope[Member] | undefined }

export type ScopeRefusal = 'unknown' | 'taken' | 'reserved' | 'built_in' | 'malformed'

export type ScopeResult =
  | { readonly outcome: 'done'; readonly scope: Scope }
  | { readonly outcome: ScopeRefusal }

export const createManageScopes = ({ scopes, announceScopes, announceClient }: ManageScopesDeps) => {
  const changed = () => {
    scopes.forget()
    announceScopes()
  }
  const find = async (name: string): Promise<Scope | undefined> => {
    scopes.forget()
    return (await scopes.list()).find(scope => scope.name === name)
  }

  return {
    find,
    list: async (): Promise<readonly Scope[]> => {
      scopes.forget()
      return scopes.list()
    },

    create: async (scope: NewScope): Promise<ScopeResult> => {
      if (!isScopeName(scope.name)) return { outcome: 'malformed' }
      if (isAdminScope(scope.name)) return { outcome: 'reserved' }
      if ((await scopes.create(scope)) === 'taken') return { outcome: 'taken' }
      changed()
      return { outcome: 'done', scope: { ...scope, isActive: true, isBuiltIn: false } }
    },

    update: async (name: string, change: ScopeChange): Promise<ScopeResult> => {
      if (isAdminScope(name)) return { outcome: 'reserved' }
      const scope = await scopes.update(name, change)
      if (scope === undefined) return { outcome: 'unknown' }
      changed()
      return { outcome: 'done', scope }
    },

    /** Takes it from the clients that have it, too. */
    delete: async (name: string): Promise<'deleted' | ScopeRefusal> => {
      const clients = await scopes.delete(name)
      if (clients === undefined) return (await find(name)) === undefined ? 'unknown' : 'built_in'
      changed()
      for (const id of clients) announceClient(id as ClientId)
      return 'deleted'
    },

    /** Makes these the defaults, and no others. @returns the names that are none, or reserved, where nothing was done */
    setDefaults: async (names: readonly string[]): Promise<readonly string[]> => {
      scopes.forget()
      const known = new Set((await scopes.list()).map(({ name }) => name))
      const wrong = names.filter(name => !known.has(name) || isAdminScope(name))
      if (wrong.length > 0) return wrong
      await scopes.setDefaults(names)
      changed()
      return []
    },
  }
}

export type ManageScopes = ReturnType<typeof createManageScopes>
