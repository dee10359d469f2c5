"""The contract: OpenAPI as the schemas generate it, refined into the document that is published.

openapi       what generates the contract
published     the contract as a document
named_values  lists of allowed values as schemas of their own
value_names   what those are called, for good
"""
