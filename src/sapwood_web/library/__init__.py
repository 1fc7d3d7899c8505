"""What anybody may read: articles, questions, talks, words, trials, and one search over them."""
