"""Where things are."""

from complaints import views
from django.urls import path

urlpatterns = [
    path("complaints/", views.report),
    path("complaints/<str:complaint_id>/", views.show),
    path("complaints/<str:complaint_id>/<str:action>/", views.act),
]
