import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { router } from './routes.tsx'
import { ApiError } from './shared/api/problem.ts'
import { tellDocument } from './shared/i18n/language.ts'
import { giveStylesTheNonce } from './shared/ui/style-nonce.ts'
import { ThemeProvider } from './shared/ui/theme.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // a refusal stays a refusal; only what got no answer, or a busy one, is asked again
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.mayRetry,
    },
  },
})

giveStylesTheNonce()
tellDocument()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <ThemeProvider>
        <RouterProvider router={router} />
      </ThemeProvider>
    </QueryClientProvider>
  </StrictMode>,
)
