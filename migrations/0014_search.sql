-- Nothing yet: kept so that the numbers have no holes.
SELECT 1;
