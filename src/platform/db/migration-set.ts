/** The migrations of one module: a folder of `*.sql` files, applied in the order of their names. */
export interface MigrationSet {
  readonly module: string
  readonly dir: URL | string
}
