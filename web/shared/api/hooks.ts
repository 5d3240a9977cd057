import {
  keepPreviousData,
  type QueryClient,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { App } from 'antd'
import { useRef } from 'react'
import { api, apiUrl, newKey, type Query } from './client.ts'
import { ApiError, asApiError } from './problem.ts'
import { askForProof } from './step-up.ts'

export interface GetOptions<T> {
  readonly query?: Query
  /** False: not yet. */
  readonly enabled?: boolean
  /** Ask again every so many milliseconds; a function sees the last answer and may return false to stop. */
  readonly every?: number | false | ((data: T) => number | false)
  /** Show the last answer while the next one is on its way (tables). */
  readonly keep?: boolean
}

/** Reads a path of the API. The path is the cache key, so that `invalidates` can name it by its beginning. */
export function useGet<T>(path: string, options: GetOptions<T> = {}): UseQueryResult<T, ApiError> {
  const { every } = options
  return useQuery<T, ApiError>({
    queryKey: [path, apiUrl('', options.query)],
    queryFn: ({ signal }) => api.get<T>(path, { query: options.query ?? {}, signal }),
    ...(options.enabled !== undefined && { enabled: options.enabled }),
    ...(every !== undefined && {
      refetchInterval: typeof every === 'function' ? (query) => (query.state.data === undefined ? false : every(query.state.data)) : every,
    }),
    ...(options.keep && { placeholderData: keepPreviousData }),
  })
}

export interface ActConfig<In, Out> {
  /** Sends the act. Pass the key on: `(input, key) => api.post('/api/orders', input, { idempotencyKey: key })`. */
  readonly send: (input: In, idempotencyKey: string) => Promise<Out>
  /** Beginnings of API paths whose answers are out of date afterwards. */
  readonly invalidates?: readonly string[]
  /** Told in a small message when it is done. */
  readonly done?: string | ((answer: Out) => string)
  readonly onDone?: (answer: Out, input: In) => void
  /** Tell a refusal in a message as well; for buttons. Forms show it themselves. */
  readonly tellError?: boolean
}

export type Act<In, Out> = UseMutationResult<Out, ApiError, In>

/**
 * One thing that the person does. The idempotency key belongs to what is sent: pressing again after a lost connection
 * sends the same key, changing anything makes a new one.
 */
export function useAct<In = void, Out = unknown>(config: ActConfig<In, Out>): Act<In, Out> {
  const client = useQueryClient()
  const { message } = App.useApp()
  const last = useRef<{ input: string; key: string } | undefined>(undefined)
  return useMutation<Out, ApiError, In>({
    mutationFn: async (input) => {
      const text = JSON.stringify(input) ?? ''
      if (last.current?.input !== text) last.current = { input: text, key: newKey() }
      const { key } = last.current
      try {
        return await config.send(input, key)
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'STEP_UP_REQUIRED' || !(await askForProof())) throw error
        return config.send(input, key)
      }
    },
    // an act that got no answer at all is sent once more with the same key, which acts once
    retry: (failures, error) => failures < 1 && error instanceof ApiError && error.status === 0,
    onSuccess: async (answer, input) => {
      last.current = undefined
      if (config.done !== undefined) void message.success(typeof config.done === 'function' ? config.done(answer) : config.done)
      const refreshed = invalidate(client, config.invalidates ?? [])
      config.onDone?.(answer, input)
      await refreshed
    },
    onError: (error) => {
      const told = asApiError(error)
      if (!told.mayRetry) last.current = undefined
      if (config.tellError) void message.error(told.detail || told.title, 6)
    },
  })
}

export async function invalidate(client: QueryClient, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return
  await client.invalidateQueries({
    predicate: ({ queryKey }) => typeof queryKey[0] === 'string' && paths.some((path) => (queryKey[0] as string).startsWith(path)),
  })
}
