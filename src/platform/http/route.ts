import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { AppError, Words } from '../../kernel/errors.ts'
import type { Tx } from '../db/database.ts'
import type { MediaType } from '../files/media-type.ts'
import type { Upload } from '../files/upload.ts'
import type { Actor, Permission, RequestFacts } from './actor.ts'

/**
 * Who may use a route. There is no default: a route without a policy does not compile, and the server refuses to
 * start with one. `object` names the kind of thing that a path parameter identifies; the test that is generated
 * from the route table then tries it with an own and with a foreign one.
 */
export type RoutePolicy =
  | { readonly access: 'public' }
  | { readonly access: 'signed-in'; readonly object?: PolicyObject }
  | { readonly access: Permission & {}; readonly object?: PolicyObject }

export interface PolicyObject {
  readonly kind: string
  readonly param: string
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

interface RouteBase<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** Stable name, `module.verb-noun`; it is the operationId of the API document and the action in the audit trail. */
  readonly id: string
  readonly url: string
  readonly summary: Words
  readonly policy: RoutePolicy
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /**
   * Answer's schema by status, for the API document; answers are trusted and not validated at run time. Of a file, its
   * media types, separated by commas.
   */
  readonly answers?: Readonly<Record<number, z.ZodType | { readonly mediaType: string; readonly description: string }>>
  readonly example?: { readonly body?: unknown; readonly answer?: unknown }
  /** Bytes of the body; 1 MiB by default. */
  readonly bodyLimit?: number
  /** Requests a minute for one client; the server's default otherwise. `Infinity` for a route that limits by itself. */
  readonly limitPerMinute?: number
  /** Answers a browser with a page as well: the same address, by content negotiation. */
  readonly alsoPage?: true
  /** Path in the API document, with parameters in braces, for a route whose `url` is a pattern. */
  readonly documentedAs?: string
  /** Kept out of the API document: pages, assets. */
  readonly hidden?: boolean
  /** `type` of the problems that this route answers with, where a standard names them; ours otherwise. */
  readonly problemType?: (error: AppError) => string
  /** Headers of every answer, refusals of any kind too. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ReadInput<P, Q> {
  readonly params: P
  readonly query: Q
  readonly actor: Actor
  readonly facts: RequestFacts
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface ActInput<P, Q, B> extends ReadInput<P, Q> {
  readonly body: B
  /** The transaction of the whole act: its changes, its audit entry, its idempotency record. */
  readonly tx: Tx
  /** Adds what was done to the audit entry; the entry itself is written in any case. */
  readonly audit: (note: AuditNote) => void
  /** The file of a multipart request, for a route that declares `upload`. */
  readonly upload: Upload | undefined
}

export interface AuditNote {
  readonly objectKind?: string
  readonly objectId?: string
  /** Organisation whose thing was touched, if it is not the actor's own. */
  readonly organisationId?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Reads: no transaction, no audit unless the use case says so. */
export interface ReadRoute<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType> extends RouteBase<P, Q, z.ZodType> {
  readonly kind: 'read'
  readonly method: 'GET'
  readonly handle: (input: ReadInput<z.output<P>, z.output<Q>>) => Promise<unknown>
}

/**
 * Acts: one transaction in which the act, its audit entry and (for a POST) its idempotency record are written
 * together. The answer is sent only after the commit.
 */
export interface ActRoute<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> extends RouteBase<P, Q, B> {
  readonly kind: 'act'
  readonly method: Exclude<Method, 'GET' | 'OPTIONS'>
  /** `required` for every POST that creates or moves; `none` for sign-in, previews and other things that may repeat. */
  readonly idempotency: 'required' | 'none'
  /**
   * Takes multipart/form-data with one file. It is received whole before the transaction begins, so that a slow
   * sender holds no connection of the database; the other fields of the form are the body. `holds` tells the API
   * document what is in the file.
   */
  readonly upload?: { readonly maxBytes: number; readonly kinds: readonly MediaType[]; readonly holds?: string }
  /** Status of the answer; 200 unless given. */
  readonly status?: number
  readonly handle: (input: ActInput<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>
}

/** Uploads, streams, pages and the hot path: the handler speaks HTTP itself. Policy and limits are as elsewhere. */
export interface RawRoute extends RouteBase<z.ZodType, z.ZodType, z.ZodType> {
  readonly kind: 'raw'
  readonly method: Method
  /** The body comes as bytes whatever its media type, for formats with a reader of their own. */
  readonly rawBody?: boolean
  /** The body may also come as multipart/form-data, with files in this field; it must, where a file is `required`. */
  readonly files?: { readonly name: string; readonly max: number; readonly required?: true; readonly holds?: string }
  readonly handle: (input: {
    actor: Actor | undefined
    facts: RequestFacts
    request: FastifyRequest
    reply: FastifyReply
  }) => Promise<unknown>
}

export type Route = ReadRoute<any, any> | ActRoute<any, any, any> | RawRoute

/** Identity functions that give a route's handler the types of its schemas. */
export function read<P extends z.ZodType, Q extends z.ZodType>(route: Omit<ReadRoute<P, Q>, 'kind' | 'method'>): ReadRoute<P, Q> {
  return { ...route, kind: 'read', method: 'GET' }
}

export function act<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Omit<ActRoute<P, Q, B>, 'kind'>,
): ActRoute<P, Q, B> {
  return { ...route, kind: 'act' }
}

export function raw(route: Omit<RawRoute, 'kind'>): RawRoute {
  return { ...route, kind: 'raw' }
}
