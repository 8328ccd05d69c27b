/**
 * Metrics of models that predict the next token.
 */

export interface TokenMetrics {
  /** Mean of −log(probability of the token that follows), in nats. */
  loss: number;
  /** e^loss: among how many equally probable tokens the model would be as uncertain. */
  perplexity: number;
  /** Share of tokens that are the most probable one, 0 … 1. */
  accuracy: number;
  /** How many were predicted. */
  tokens: number;
}

/** Whether the metrics are those of a model that predicts the next token. */
export const isTokenMetrics = <T extends object>(metrics: T): metrics is T & TokenMetrics =>
  'perplexity' in metrics;

export const tokenMetrics = ({
  loss,
  accuracy = NaN,
  targets: tokens,
}: {
  loss: number;
  accuracy?: number;
  targets: number;
}): TokenMetrics => ({ loss, perplexity: Math.exp(loss), accuracy, tokens });
