"""Addresses of the kernel's own pages."""

app_name = "partybuild"
urlpatterns: list = []
