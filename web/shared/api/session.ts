import { useQuery, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { SessionView } from '../../../src/modules/identity/contract.ts'
import { api, setCsrfToken } from './client.ts'
import { ApiError } from './problem.ts'

/** Who is signed in, for whom, and what they may do. */
export type Session = SessionView

const SESSION_KEY = ['/api/session', ''] as const

/** Null: nobody is signed in. */
export function useSessionQuery() {
  return useQuery<Session | null, ApiError>({
    queryKey: SESSION_KEY,
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }) => {
      try {
        const session = await api.get<Session>('/api/session', { signal })
        setCsrfToken(session.csrfToken)
        return session
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          setCsrfToken(undefined)
          return null
        }
        throw error
      }
    },
  })
}

/** Call after signing in: what the person before could see is forgotten, the session itself is read anew. */
export function renewSession(client: QueryClient): void {
  client.removeQueries()
}

export function forgetSession(client: QueryClient): void {
  setCsrfToken(undefined)
  client.setQueryData(SESSION_KEY, null)
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] })
}

export const SessionContext = createContext<Session | null>(null)

/** Who is signed in. Only for pages behind the login. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession outside of a signed-in page')
  return session
}

/** `const can = useCan(); can('products.write')` decides what to show; the server decides what happens. */
export function useCan(): (permission: string) => boolean {
  const { permissions } = useSession()
  return (permission) => permissions.includes(permission)
}
